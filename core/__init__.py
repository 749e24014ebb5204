"""StreetScope's library: photos in, labels and probabilities of every pixel out. Knows nothing of Streamlit."""
