for my $part (keys %SECTION) {
    if (exists $spec->{$part}) {
        $said++ or print "adding from $file\n";
        $SECTION{$part}{code} .= $spec->{$part};
    }
}
open(CACHE, ">$cache_file") or die;
while (my ($k, $v) = each %cache) { print CACHE "$k $v\n"; }
my $n = keys %h; # count keys
# print "$_\n" for keys %h;
if (keys %h > 3) { print "many\n"; }
print "none\n" unless keys %h;
print scalar(keys %h), "\n";
my %copy = map { $_ => 1 } keys %h;
for my $k (keys %h) { delete $h{$k}; }
for my $k (keys %h) { print STDERR "left: $k\n"; }
my @list;
for my $k (keys %h) { push @list, $k; }
@list = sort @list;
print join(",", @list);
my @found = sort grep { /x/ } readdir($d);
print "keys %h\n";
print <<"END";
for (keys %h) { print }
END
for my $k (keys %h) {
    open(OUT, ">$k.h") or die;
    print OUT "$h{$k}\n";
}
print OUT "deep\n" if keys %{$h->{x}} > 1;
my %opts = (keys => 1, values => 2);
print $opts{keys}, $x->keys;

=pod

  print "$_\n" for keys %h;

=cut

__END__
print "$_\n" for keys %h;
