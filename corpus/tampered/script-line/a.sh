# Generated on 2020-09-13
#!/bin/sh
set -e
hello --quiet
exit 0
