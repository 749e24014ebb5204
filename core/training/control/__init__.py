"""What pages, commands and notebooks ask of training: start, stop, estimate, publish. No torch."""
