using System.Globalization;

namespace Undercroft.Stories;

/// <summary>A JSON pointer to one element of a list of the story, made into text only when an entry needs it.</summary>
internal readonly record struct ElementPointer(string List, int Index)
{
    public string To(string property) => string.Create(CultureInfo.InvariantCulture, $"/{List}/{Index}/{property}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"/{List}/{Index}");
}
