namespace Undercroft.Stories;

/// <summary>One preference.</summary>
/// <typeparam name="T">The type of its value; <see cref="RawJson"/> for any JSON.</typeparam>
/// <param name="Scope">For whom it counts.</param>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value.</param>
/// <param name="Revision">The commit that last wrote it.</param>
/// <param name="CreatedAt">When it was first set, in UTC; setting it again keeps this.</param>
/// <param name="UpdatedAt">When it was last set, in UTC.</param>
public sealed record StoryPreference<T>(
    StoryPreferenceScope Scope,
    string Key,
    T Value,
    Revision Revision,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);
