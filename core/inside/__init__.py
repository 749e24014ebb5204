"""What a network makes of a picture: hidden patches, spoilt pictures, receptive fields, feature maps."""
