# /// script
# dependencies = ["yt-dlp==2023.10.07"]
# ///
import yt_dlp
