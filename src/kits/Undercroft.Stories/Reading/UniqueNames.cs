using System.Globalization;
using System.Runtime.InteropServices;

namespace Undercroft.Stories;

/// <summary>Gives names that are not taken: a number behind the second and every further one. The time does not grow
/// with
/// how often a name is wanted.</summary>
internal sealed class UniqueNames(StringComparer comparer)
{
    private readonly Dictionary<string, int> used = new(comparer);

    /// <summary>Takes a name as it is; false where it was taken.</summary>
    public bool Reserve(string name) => used.TryAdd(name, 1);

    /// <summary>Takes a name, or the next one that is free.</summary>
    public string Add(string name)
    {
        if (Reserve(name))
        {
            return name;
        }

        while (true)
        {
            var number = ++CollectionsMarshal.GetValueRefOrAddDefault(used, name, out _);
            var next = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
            if (Reserve(next))
            {
                return next;
            }
        }
    }
}
