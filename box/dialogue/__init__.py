"""What the box asks and answers: a pure state machine of phrases, questions and effects. No sound, clock or storage."""
