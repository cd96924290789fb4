"""A speech command for the tests: half a second of silence, whatever the sentence."""

import sys
import wave

file, language = sys.argv[1:]
with wave.open(file, "wb") as sound:
    sound.setnchannels(1)
    sound.setsampwidth(2)
    sound.setframerate(8000)
    sound.writeframes(bytes(8000))
