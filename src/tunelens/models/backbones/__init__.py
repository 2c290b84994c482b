"""The pretrained nets: where their weights come from and how they become ONNX graphs."""
