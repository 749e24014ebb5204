"""What Datumaro reads of a folder, as JSON; run by an interpreter that has Datumaro, and nothing of ours.

Arguments: the folder and Datumaro's name of the format. For each picture, by its name: its (height, width),
and for each class the rows of its pixels as text of 0 and 1.
"""

import json
import sys

import datumaro
import numpy as np
from datumaro.components.annotation import AnnotationType

dataset = datumaro.Dataset.import_from(sys.argv[1], sys.argv[2])
names = [label.name for label in dataset.categories()[AnnotationType.label]]
pictures = {}
for item in dataset:
    areas = {}
    for annotation in item.annotations:
        if annotation.type == AnnotationType.mask:
            area = np.asarray(annotation.image, bool)
            name = names[annotation.label]
            areas[name] = areas[name] | area if name in areas else area
    pictures[item.id] = {
        name: ["".join("01"[int(on)] for on in row) for row in area] for name, area in areas.items()
    }
json.dump(pictures, sys.stdout)
