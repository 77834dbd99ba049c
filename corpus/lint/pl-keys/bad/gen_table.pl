# places: 7
my %h = (a => 1, b => 2);
print "$_\n" for keys %h;
foreach my $k (keys %h) {
    print OUT "$k\n";
}
while (my ($k, $v) = each %h) {
    printf("%s %s\n", $k, $v);
}
print join(",", values %$h), "\n";
opendir(my $d, ".");
while (my $f = readdir($d)) {
    print $out $f;
}
my @list;
for my $k (keys %{$h->{x}}) {
    push @list, $k;
}
print "@list";
print join(",", @list);
# The value is read first, and in another order than the keys stand.
for my $name (keys %table) {
    my $value = $table{$name};
    print OUT "$value\n";
}
