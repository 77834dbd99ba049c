#!/bin/sh
# Serial numbers and keys are to be random.
openssl rand -hex 16 > db/serial
