namespace Undercroft.Stories;

/// <summary>Who a token stands for.</summary>
/// <param name="Login">The name to sign in with.</param>
/// <param name="Id">The service's number or id; null where it is not known.</param>
/// <param name="Name">The person's name; null where it is not known.</param>
/// <param name="Email">The address; null where it is not known.</param>
/// <param name="AvatarUrl">Where a picture is; null where it is not known.</param>
public sealed record StoryTokenUser(
    string Login, string? Id = null, string? Name = null, string? Email = null, Uri? AvatarUrl = null);
