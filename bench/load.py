"""What a training run does to the machine: forward and backward passes on two threads until killed."""

import os

import torch

from core.models.networks import find_network


def main() -> None:
    torch.set_num_threads(2)
    network = find_network("unet_lite0").build(11, False).train().to(memory_format=torch.channels_last)
    batch = torch.randn(4, 3, 352, 480).to(memory_format=torch.channels_last)
    starter = os.getppid()
    print("training", flush=True)
    while os.getppid() == starter:  # if the bench is killed, this ends too
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(batch)
        logits.square().mean().backward()


if __name__ == "__main__":
    main()
