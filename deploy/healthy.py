"""`python healthy.py URL` ends with status 0 if something answers there with 200; images have no curl."""

import sys
import urllib.error
import urllib.request

if __name__ == "__main__":
    try:
        with urllib.request.urlopen(sys.argv[1], timeout=4) as answer:  # noqa: S310 (the image's own address)
            sys.exit(answer.status != 200)
    except (OSError, urllib.error.URLError) as error:
        sys.exit(f"{sys.argv[1]} does not answer: {error}.")
