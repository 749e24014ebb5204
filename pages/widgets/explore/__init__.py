"""Parts of the Explore and Compare pages."""
