namespace Undercroft;

/// <summary>A place in a store's feed. Opaque: keep it as text, give it back as it came.</summary>
/// <param name="Text">The text; null is <see cref="Beginning"/>.</param>
public readonly record struct FeedCursor(string? Text)
{
    /// <summary>Before everything: the feed from here brings every live record and every tombstone kept.</summary>
    public static FeedCursor Beginning => default;

    /// <summary>After everything there is at the moment of the call.</summary>
    public static FeedCursor End => new("end");

    /// <inheritdoc/>
    public override string ToString() => Text ?? "beginning";
}
