"""StreetScope's library: photos in, labels and probabilities of every pixel out. No Streamlit here."""
