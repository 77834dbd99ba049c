# Generated on 2020-09-14
#!/bin/sh
set -e
hello --shell
exit 0
