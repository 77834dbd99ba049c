#!/bin/sh
for lib in `ls /opt/x/*.so`; do echo $lib; done > snap.yaml
