"""What the labels of the data sets of one run teach: each in its own classes, several data sets together."""
