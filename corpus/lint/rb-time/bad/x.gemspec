# places: 3
Gem::Specification.new do |s|
  s.date = Time.now.strftime("%Y-%m-%d")
  s.version = "1.0.#{Date.today.year}"
  built = Time.now.utc.to_s
end
