Gem::Specification.new do |s|
  s.files = Dir["lib/**/*.rb"].sort
end
