#!/bin/sh
# zip -r out.zip dir
unzip -q in.zip
gzip -n x
zip -T in.zip
zipinfo in.zip
jar xf in.jar
jar tf in.jar
zip $ZIP_OPTS out.zip dir
zip -r "$tmp/x.zip" dir
echo "zip -r out.zip dir"
which zip
java -jar tool.jar cf
find x -print0 | xargs -0 touch -t 198001010000.00
find x -type f | LC_ALL=C sort | "$zip" -qDX0r@ x.zip x
