"""Photos from anybody: untrusted bytes become a safe RGB array, or an error of one sentence."""
