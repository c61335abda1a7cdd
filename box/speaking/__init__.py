"""From phrases to sound: the prompt catalogue, Russian numbers, and the joining of clips."""
