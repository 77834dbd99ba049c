# /// script
# dependencies = ["yt-dlp==2025.10.22"]
# ///
import yt_dlp
