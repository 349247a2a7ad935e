namespace Undercroft.Jobs;

/// <summary>A session, for people to see.</summary>
/// <param name="Id">The session.</param>
/// <param name="Name">Its name.</param>
/// <param name="OpenedAt">When it began.</param>
/// <param name="ExpiresAt">Until when its lease holds.</param>
public sealed record SessionInfo(SessionId Id, string? Name, DateTimeOffset OpenedAt, DateTimeOffset ExpiresAt);
