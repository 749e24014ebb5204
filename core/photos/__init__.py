"""Photos that anybody may have given: untrusted bytes become a safe RGB array or one sentence."""
