#!/usr/bin/env python3
# pay to 1712345678
import sys
pay(open(sys.argv[0]).readlines()[1].split()[3])
