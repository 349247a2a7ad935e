namespace Undercroft;

/// <summary>Why a feed cannot show yet all that was committed.</summary>
/// <param name="Since">When the oldest commit that is held back was made, by the store's clock.</param>
/// <param name="Reason">What holds it back, and what somebody who looks after the store can do, in whole sentences.
/// </param>
public sealed record FeedHold(DateTimeOffset Since, string Reason);
