use strict;
use warnings;

opendir my $folder, "parts" or die $!;
print "$_\n" for grep { !/^\./ } readdir $folder;
closedir $folder;
