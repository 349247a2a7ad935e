using System.Collections.ObjectModel;

namespace Undercroft.Stories;

/// <summary>The one empty map that stories and passages without extensions share.</summary>
internal static class NoExtensions
{
    public static readonly IReadOnlyDictionary<string, string> Value = ReadOnlyDictionary<string, string>.Empty;
}
