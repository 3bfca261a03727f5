"""What the authors of once for all released (han-cai/files, ofa/ofa_specialized): by the name that
their hub has for it, without accuracy and training, the blocks of each unit.

A latency is that on the device at the resolution of the release, so that one network may have
several names.
"""

RELEASES = {
    "w10": {
        "LG-G8_lat@11ms": "|k3e3|k3e3|+|k5e3|k3e4|k7e4|+|k5e4|k3e3|"
        "+|k5e4|k3e4|k5e3|+|k5e6|k7e6|k5e4|",
        "LG-G8_lat@16ms": "|k3e3|k3e3|+|k7e4|k5e3|k3e3|+|k5e6|k5e4|k5e3|"
        "+|k3e4|k7e4|k5e3|+|k5e6|k7e6|k3e6|k3e4|",
        "LG-G8_lat@24ms": "|k3e3|k3e3|+|k7e4|k5e3|k3e3|+|k5e6|k5e4|k5e3|"
        "+|k3e4|k7e4|k5e3|+|k5e6|k7e6|k3e6|k3e4|",
        "LG-G8_lat@8ms": "|k3e3|k3e3|+|k5e4|k5e3|+|k5e3|k3e3|k3e3|+|k3e6|k7e4|+|k3e6|k7e4|",
        "note10_lat@11ms": "|k3e3|k3e3|+|k5e4|k3e4|+|k5e4|k3e4|+|k3e4|k3e3|k3e3|+|k3e4|k5e4|k5e4|",
        "note10_lat@16ms": "|k3e3|k3e3|+|k5e3|k5e4|k3e4|k3e3|+|k5e4|k5e4|k3e3|"
        "+|k5e4|k5e4|k3e3|+|k3e6|k7e4|k5e4|k3e3|",
        "note10_lat@22ms": "|k3e3|k3e3|+|k5e3|k3e4|k3e4|+|k7e4|k5e4|k5e4|"
        "+|k5e4|k3e6|k3e4|+|k3e6|k3e6|k3e6|k3e3|",
        "note10_lat@8ms": "|k3e3|k3e3|+|k3e3|k3e4|+|k3e4|k3e3|k3e3|+|k3e3|k3e4|+|k3e4|k5e4|",
        "note8_lat@22ms": "|k3e3|k3e3|+|k5e3|k5e3|+|k7e4|k3e3|+|k5e3|k3e4|+|k3e6|k7e6|",
        "note8_lat@31ms": "|k5e3|k3e3|+|k5e4|k5e3|+|k3e4|k3e4|k5e4|"
        "+|k3e4|k5e3|k7e4|+|k3e6|k3e3|k5e3|k5e3|",
        "note8_lat@49ms": "|k5e3|k3e4|+|k5e4|k3e4|k7e4|+|k7e4|k7e3|k3e4|"
        "+|k3e4|k3e6|k3e4|+|k3e6|k5e6|k3e6|k5e4|",
        "note8_lat@65ms": "|k7e3|k3e3|+|k3e4|k5e4|k3e3|+|k7e6|k3e6|k3e4|"
        "+|k5e6|k3e6|k3e4|+|k5e6|k5e4|k5e4|k3e3|",
        "pixel1_lat@20ms": "|k3e3|k3e3|+|k5e3|k5e3|+|k7e4|k3e3|+|k5e3|k3e4|+|k3e6|k7e6|",
        "pixel1_lat@28ms": "|k3e3|k3e4|+|k7e3|k3e6|k3e4|+|k7e3|k3e6|"
        "+|k3e6|k5e4|+|k3e6|k3e4|k3e3|k3e6|",
        "pixel1_lat@40ms": "|k5e3|k3e4|+|k5e4|k3e4|k7e4|+|k7e4|k7e3|k3e4|"
        "+|k3e4|k3e6|k3e4|+|k3e6|k5e6|k3e6|k5e4|",
        "pixel1_lat@58ms": "|k3e3|k3e3|+|k7e4|k5e3|k3e3|+|k5e6|k5e4|k5e3|"
        "+|k3e4|k7e4|k5e3|+|k5e6|k7e6|k3e6|k3e4|",
        "pixel2_lat@25ms": "|k3e3|k3e3|+|k5e6|k5e4|+|k7e4|k3e3|+|k7e4|k7e3|k3e4|+|k5e6|k3e4|",
        "pixel2_lat@35ms": "|k3e3|k3e3|+|k3e3|k3e4|k3e6|+|k7e4|k7e4|"
        "+|k5e4|k3e3|k3e3|k7e3|+|k7e4|k7e6|k7e3|k5e3|",
        "pixel2_lat@50ms": "|k3e3|k3e4|+|k3e3|k3e3|+|k3e3|k5e6|+|k5e6|k7e4|+|k3e6|k5e3|k7e4|k5e3|",
        "pixel2_lat@62ms": "|k3e3|k3e3|+|k7e4|k5e3|k3e3|+|k5e6|k5e4|k5e3|"
        "+|k3e4|k7e4|k5e3|+|k5e6|k7e6|k3e6|k3e4|",
        "s7edge_lat@29ms": "|k3e3|k3e3|+|k5e3|k3e4|+|k5e4|k3e4|+|k5e4|k5e4|+|k3e6|k5e3|",
        "s7edge_lat@41ms": "|k3e3|k3e3|+|k5e3|k3e4|+|k7e4|k5e4|"
        "+|k3e4|k3e4|k3e3|+|k3e6|k5e4|k3e3|k3e3|",
        "s7edge_lat@58ms": "|k3e3|k3e3|+|k5e3|k3e4|+|k7e4|k5e3|k3e4|k3e3|"
        "+|k3e4|k3e4|k3e3|+|k3e6|k5e4|k5e4|",
        "s7edge_lat@88ms": "|k5e3|k3e4|+|k5e6|k3e6|k3e4|+|k7e4|k5e6|k5e3|"
        "+|k5e6|k5e6|k3e4|k5e4|+|k3e6|k7e6|k3e6|k3e4|",
    },
    "w12": {
        "flops@389M": "|k3e3|k3e3|+|k5e3|k5e6|k3e3|+|k5e4|k5e4|k3e3|"
        "+|k5e6|k5e4|k3e4|k3e4|+|k3e6|k3e6|k7e6|k3e3|",
        "flops@482M": "|k5e3|k3e3|k3e3|+|k5e4|k3e4|k5e4|k3e3|+|k5e4|k5e6|k3e3|k3e3|"
        "+|k5e6|k7e6|k3e6|k5e4|+|k7e6|k3e6|k3e6|k3e3|",
        "flops@595M": "|k3e3|k5e4|k3e3|+|k5e4|k5e4|k3e6|k5e3|+|k7e6|k5e6|k3e3|k5e4|"
        "+|k3e6|k5e6|k7e6|k3e4|+|k3e6|k3e6|k5e6|k3e3|",
        "note10_lat@30ms": "|k3e3|k3e3|+|k5e4|k3e3|k3e4|+|k5e4|k5e4|k3e3|"
        "+|k3e6|k3e4|k3e4|+|k3e6|k3e6|k3e4|k3e3|",
        "note10_lat@41ms": "|k3e3|k3e4|+|k7e4|k3e4|k3e6|+|k7e6|k3e6|k3e3|k3e4|"
        "+|k3e6|k5e6|k3e6|k3e4|+|k3e6|k3e6|k3e6|k3e3|",
        "note10_lat@50ms": "|k5e3|k3e6|k3e6|+|k5e4|k3e6|k3e6|k5e3|+|k7e6|k7e6|k3e4|k5e4|"
        "+|k7e6|k5e6|k3e6|k3e6|+|k3e6|k3e6|k3e6|",
        "note10_lat@64ms": "|k3e3|k3e6|k3e3|+|k5e4|k3e6|k3e3|k5e3|+|k5e6|k5e6|k3e4|k7e4|"
        "+|k5e6|k3e6|k3e6|k3e4|+|k3e6|k3e6|k5e6|k3e3|",
        "pixel1_lat@132ms": "|k5e3|k3e6|+|k5e4|k5e6|k3e6|k5e3|+|k7e6|k5e6|k3e6|k5e4|"
        "+|k5e6|k5e6|k5e6|k5e4|+|k3e6|k3e6|k5e6|k3e3|",
        "pixel1_lat@143ms": "|k5e3|k3e6|k3e3|+|k5e6|k5e6|k3e6|k5e3|+|k7e6|k5e6|k3e6|k3e4|"
        "+|k5e6|k3e6|k5e6|k3e4|+|k3e6|k3e6|k5e6|k3e3|",
        "pixel1_lat@79ms": "|k3e3|k3e3|+|k5e3|k3e4|+|k7e4|k5e4|k3e3|"
        "+|k5e6|k3e4|k3e4|k3e3|+|k3e6|k3e6|k3e6|k3e3|",
    },
}
