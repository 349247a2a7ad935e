using System.Text;

namespace Undercroft.Stories;

/// <summary>A token that lets a program act for somebody at a service, such as GitHub.</summary>
public sealed record StoryToken
{
    /// <summary>The secret. It is not in what <see cref="object.ToString"/> writes.</summary>
    public required string AccessToken { get; init; }

    /// <summary>How to use it. The default is <c>bearer</c>.</summary>
    public string TokenType { get; init; } = "bearer";

    /// <summary>What it allows, as the service writes it; null where it does not say.</summary>
    public string? Scope { get; init; }

    /// <summary>When it ends, in UTC; null where it does not say. The store keeps it all the same.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Who it stands for; null where it is not known.</summary>
    public StoryTokenUser? User { get; init; }

    // Without the secret: tokens end up in logs.
    private bool PrintMembers(StringBuilder text)
    {
        _ = text.Append("TokenType = ").Append(TokenType).Append(", Scope = ").Append(Scope)
            .Append(", User = ").Append(User?.Login);
        return true;
    }
}
