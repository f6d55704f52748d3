namespace Streaming.Learning.Models;

/// <summary>A model was to hold a number that is none.</summary>
sealed class NotFiniteException(string message) : ArgumentException(message);
