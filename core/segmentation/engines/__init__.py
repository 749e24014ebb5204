"""What runs a network: ONNX Runtime for looking, PyTorch for training and for GPUs."""
