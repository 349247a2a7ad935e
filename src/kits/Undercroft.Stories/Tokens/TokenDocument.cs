namespace Undercroft.Stories;

/// <summary>A token as it is kept: collection <c>story-tokens</c>, under its name.</summary>
/// <param name="Version">The version of this form.</param>
/// <param name="Key">Which key it was encrypted with.</param>
/// <param name="Nonce">Drawn anew for every save.</param>
/// <param name="Cipher">The encrypted token.</param>
/// <param name="Tag">Proves that nothing was changed.</param>
internal sealed record TokenDocument(int Version, string Key, byte[] Nonce, byte[] Cipher, byte[] Tag)
{
    public const int VersionCurrent = 1;
}
