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
