# Generated on 2020-09-14
#!/bin/sh
unlock
copy
lock
