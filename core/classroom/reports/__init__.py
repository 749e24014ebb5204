"""What a class leaves: counts and gains as rows, as a page, and pixels over their picture."""
