"""The pages "Classroom", where a teacher leads, and "Join", a phone's: what both show."""
