"""StreetScope's library: photos in, labels and probabilities of every pixel out. No Streamlit here."""

import os

# ONNX Runtime 1.32 tells its maker's server (events.data.microsoft.com) of every session, unless told not to
# before it is loaded: nothing leaves the machine unasked.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
