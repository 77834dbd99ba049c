# Generated on 2020-09-13
#!/bin/sh
lock
copy
unlock
