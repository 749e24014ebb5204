"""The containers of pictures, taken apart before a decoder sees them: only what makes pixels goes on."""
