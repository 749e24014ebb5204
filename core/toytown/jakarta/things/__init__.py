"""What stands and moves along a street of Jakarta's, each thing drawn with its exact class."""
