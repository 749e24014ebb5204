"""What a page, a command or a notebook asks of training: start, stop, estimate, publish. No torch."""
