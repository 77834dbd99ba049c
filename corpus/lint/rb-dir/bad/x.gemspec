# places: 4
Gem::Specification.new do |s|
  s.executables = Dir["bin/*"]
  s.extra_rdoc_files = Dir.glob("doc/*.md")
  s.extra_rdoc_files += Dir.entries("doc") # one more
  s.executables += Dir.children("exe")
end
