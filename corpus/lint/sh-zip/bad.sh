#!/bin/sh
zip -r out.zip dir
(cd dir && zip -9qr ../other.zip .)
jar cf calc.jar -C classes .
jar cfm calc2.jar manifest.txt -C classes .
