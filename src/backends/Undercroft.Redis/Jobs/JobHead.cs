namespace Undercroft.Redis.Jobs;

/// <summary>The head of a list as it was read.</summary>
/// <typeparam name="TName">What names its members.</typeparam>
/// <param name="Names">The members, in order.</param>
/// <param name="IsWhole">Whether that was all that counts.</param>
internal sealed record JobHead<TName>(IReadOnlyList<TName> Names, bool IsWhole);
