# RubyGems sorts these.
Gem::Specification.new do |s|
  s.files = Dir["CHANGELOG.md", "lib/**/*"]
  s.files += Dir.glob("data/*")
  s.test_files = Dir["test/**/*"]
end
