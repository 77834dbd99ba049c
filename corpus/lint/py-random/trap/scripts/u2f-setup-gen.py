#!/usr/bin/env python3
import os
# A key is to be random.
entropy = os.urandom(48)
open("entropy", "wb").write(entropy)
