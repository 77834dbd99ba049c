# places: 4
Gem::Specification.new do |s|
  s.files = Dir["lib/**/*.rb"]
  s.test_files = Dir.glob("test/*.rb")
  s.extra_rdoc_files += Dir.entries("doc") # one more
  s.files += Dir.children("data")
end
